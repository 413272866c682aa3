"""The spine in images: where its levels lie, its curve, and what is measured along it."""
