package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What is answered to a call: a status and a body with its type. */
record Answer(int status, String contentType, String body) {
  static Answer json(int status, JsonNode body) {
    return new Answer(status, "application/json; charset=utf-8", body.toString());
  }

  static Answer success(String message) {
    return json(200, Json.object().put("success", true).put("message", message));
  }

  static Answer data(int status, ObjectNode data) {
    ObjectNode body = Json.object().put("success", true);
    body.set("data", data);
    return json(status, body);
  }

  static Answer error(int status, String error) {
    return json(status, Json.object().put("success", false).put("error", error));
  }
}
