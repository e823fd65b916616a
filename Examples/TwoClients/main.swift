// A client's queue begins when it connects: what is published before it subscribes waits for it all the same.

import ExampleSupport
import ZaichikClient
import ZaichikProtocol

try await withBroker { address in
    let reader = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "reader"))
    let writer = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "writer"))

    for number in 1...100 { try await writer.enqueue("message \(number)", to: "example.hundred") }
    let published = try await writer.flush()
    print("published \(published.confirmed), and nobody has subscribed")

    try await reader.subscribe(to: "example.hundred", from: .connection)
    var received = 0
    for try await delivery in reader.deliveries {
        received += 1
        reader.commit(delivery)
        if received == 100 { break }
    }
    print("received \(received)")
    await reader.close()
    await writer.close()
}

// Prints:
// published 100, and nobody has subscribed
// received 100
