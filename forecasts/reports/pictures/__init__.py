"""Small drawings as inline SVG: themed by the page's style sheet, no script, no colour alone.

One picture a file. Each is a pure function from plain values to markup, and
each escapes every text that it is given.
"""
