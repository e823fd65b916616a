// A client that comes back: its session keeps its place, and what it had not committed comes again.

import ExampleSupport
import ZaichikClient
import ZaichikProtocol

/// Connects the reader. The first time creates its session, and later times go on in it, with the same code.
func connect(to address: BrokerAddress) async throws -> ZaichikClient {
    var configuration = ClientConfiguration(name: "reader")
    configuration.session = SessionOptions("example.reader", expiry: .seconds(600))
    let client = try await ZaichikClient.connect(to: address, configuration: configuration)
    try await client.subscribe(to: "example.news")
    return client
}

try await withBroker { address in
    let writer = try await ZaichikClient.connect(to: address, configuration: ClientConfiguration(name: "writer"))

    let before = try await connect(to: address)
    for number in 1...3 { try await writer.publish("news \(number)", to: "example.news") }
    for try await news in before.deliveries {
        print("read: \(news.text)")
        if news.sequence == 3 { break }
        try news.commit()
    }
    await before.close()

    let session = try await writer.session("example.reader").session
    print("the session is \(session.state), and \(session[.lagMessages]) message waits in it")
    try await writer.publish("news 4", to: "example.news")

    let after = try await connect(to: address)
    for try await news in after.deliveries {
        print("read: \(news.text), attempt \(news.attempt)")
        try news.commit()
        if news.sequence == 4 { break }
    }
    await after.close()
    await writer.close()
}

// Prints:
// read: news 1
// read: news 2
// read: news 3
// the session is absent, and 1 message waits in it
// read: news 3, attempt 2
// read: news 4, attempt 1
