"""An invented patient with a known spine: analytic anatomy painted into volumes, seeded."""
