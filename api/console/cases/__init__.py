"""Appeals and complaints: which wait for what, and each with its past, its panel and its decision."""
