"""The OpenAPI document, made from the route table and the models that validate."""
