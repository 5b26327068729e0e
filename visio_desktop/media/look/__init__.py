"""What is done to one's own picture before anything else sees it: the background hidden, a dark room made brighter.

`veil` stands between the camera and everything that shows or sends its pictures. `segmenter` finds the person,
`steady` keeps the edge calm, `behind` makes what is seen around them, `images` reads pictures to put there, `light`
brightens.
"""
