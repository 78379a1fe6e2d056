package io.skypanel.worker.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The panel's row of one worker node.
 *
 * @param id the node's id, a UUID
 * @param status online, offline, busy or maintenance
 * @param registration what the last registration said
 * @param metadata what heartbeats merged into it
 */
public record NodeView(String id, String status, ObjectNode registration, ObjectNode metadata) {}
