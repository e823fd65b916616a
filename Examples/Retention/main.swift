// Retention: a message that is older than the topic allows is never delivered, and the reader is told of the gap.

import ExampleSupport
import ZaichikClient
import ZaichikProtocol

try await withBroker { address in
    let client = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "retention"))
    var settings = TopicSettings()
    settings.retention = 200  // ms
    _ = try await client.createTopic("example.retention", settings: TopicSettingsChange(settings))

    // A window of 0 keeps both in the queue.
    client.setWindow(0)
    try await client.subscribe(to: "example.retention")
    try await client.publish("yesterday's news", to: "example.retention")
    try await Task.sleep(for: .milliseconds(400))
    try await client.publish("today's news", to: "example.retention")
    client.setWindow(1)

    for try await arrival in client.arrivals {
        switch arrival {
        case .gap(let gap): print("lost: \(gap.count), because \(gap.reason)")
        case .delivery(let delivery):
            print("received: \(delivery.text)")
            client.commit(delivery)
        }
        if case .delivery = arrival { break }
    }
    await client.close()
}

// Prints:
// lost: 1, because expired
// received: today's news
