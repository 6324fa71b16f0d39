"""What a portal calls and a resident sees; it loads no Spark, no model library, and reads no table of the lake."""
