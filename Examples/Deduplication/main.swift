// Deduplication: of messages with equal keys a consumer gets the first; the others are dropped for a while.

import ExampleSupport
import ZaichikClient
import ZaichikProtocol

try await withBroker { address in
    let client = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "deduplication"))
    var settings = TopicSettings()
    settings.deduplicationWindow = 60_000  // ms
    _ = try await client.createTopic("example.deduplication", settings: TopicSettingsChange(settings))
    try await client.subscribe(to: "example.deduplication")

    try await client.publish("order 1", to: "example.deduplication", key: "1")
    try await client.publish("order 1, sent again to be sure", to: "example.deduplication", key: "1")
    try await client.publish("order 2", to: "example.deduplication", key: "2")

    for try await delivery in client.deliveries {
        print("received: \(delivery.text)")
        client.commit(delivery)
        if delivery.keyText == "2" { break }
    }
    await client.close()
}

// Prints:
// received: order 1
// received: order 2
