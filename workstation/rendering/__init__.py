"""Off-screen VTK frames: a scene in, an RGB array out. Knows no medicine and no Qt."""
