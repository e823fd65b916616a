import NIOCore
import ZaichikProtocol

extension Samples {
    /// Every frame that a client sends, with values of every kind.
    static let clientFrames: [ClientFrame] =
        hellos + numbers + requestsByName
        + messages(timestamps: [0], flags: [[], [.unconfirmed, .receipt], .headers]).map(ClientFrame.publish)
        + administration + queues + observed

    private static let hellos: [ClientFrame] =
        texts.map { text in
            .hello(
                Hello(
                    window: .max, features: 0x0102_0304, name: text, program: text, version: text, pid: text, host: text
                ))
        } + [.hello(Hello(window: 0, name: "", host: "нора"))]
        + sessionNames.flatMap { name in
            sessionSettings.map {
                .hello(Hello(window: 1, name: "🐇", session: name, settings: $0, producer: name))
            } + [.hello(Hello(window: 1, name: "🐇", producer: name))]
        }

    private static let numbers: [ClientFrame] =
        largest.flatMap { [.ping($0), .ping($0, atOnce: true), .pong($0), .pong($0, atOnce: true), .commit($0)] }
        + [.window(0), .window(1), .window(.max), .close, .window(1, kibibytes: 1), .window(0, kibibytes: .max)]

    private static let starts: [StartPosition] =
        [.new, .connection, .earliest, .session, .lastOfEachKey]
        + largest.flatMap { [.sequence($0), .time($0), .last($0)] }

    private static let requestsByName: [ClientFrame] =
        texts.flatMap { name in
            requests.flatMap { [.topic(request: $0, name: name), .unsubscribe(request: $0, pattern: name)] }
        }
        + texts.flatMap { name in
            starts.map { .subscribe(request: 1, pattern: name, from: $0) }
        }
        + largest.map { .subscribe(request: 1, pattern: "Зайцы", from: .sequence(1), incarnation: $0) }
        + starts.filter(\.canBeFallback).map {
            .subscribe(request: 1, pattern: "Зайцы", from: .session, options: [.noEcho, .autoCommit], fallback: $0)
        }

    private static let administration: [ClientFrame] =
        settings.map { .createTopic(request: 7, name: "Зайцы", settings: $0) }
        + topicQueries.map { .listTopics(request: .max, query: $0) }
        + clientQueries.map { .listClients(request: 1, query: $0) }
        + largest.map { .inspectClient(request: 1, id: $0) }
        + texts.map { .inspectTopic(request: 1, name: $0, limit: .max) }
        + [
            .watch(request: 1, WatchRequest()),
            .watch(request: 1, WatchRequest(interval: .max, clients: clientQueries[1], topics: topicQueries[1])),
            .watch(request: 1, WatchRequest(interval: 0, clients: clientQueries[2])),
            .watch(request: 1, WatchRequest(interval: 0, topics: topicQueries[2])),
            .unwatch(request: 1, watch: 0), .unwatch(request: .max, watch: .max),
        ]
}
