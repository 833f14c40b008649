"""What the stages of APIs are called; metrics of APIs bear the name."""

HTTP_STAGE = "$default"
REST_STAGE = "live"
