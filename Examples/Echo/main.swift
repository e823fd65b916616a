// There are no producers and consumers, only clients: one may read what it wrote.

import ExampleSupport
import ZaichikClient

try await withBroker { address in
    let client = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "echo"))
    try await client.subscribe(to: "example.echo")
    try await client.publish("hello, myself", to: "example.echo")

    for try await delivery in client.deliveries {
        print("received: \(delivery.text)")
        client.commit(delivery)
        break
    }
    await client.close()
}

// Prints:
// received: hello, myself
