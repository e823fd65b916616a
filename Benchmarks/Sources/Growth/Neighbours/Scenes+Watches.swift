import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    static let watches = [
        watch("watch-1", topics: 100_000, watches: 1, limit: 50),
        watch("watch-16", topics: 100_000, watches: 16, limit: 50),
        watch("watch-16-1000000", topics: 1_000_000, watches: 16, limit: 50),
        watch("watch-all-1000000", topics: 1_000_000, watches: 1, limit: .max),
    ]

    /// Watches of topics and clients, as often as they can be had.
    private static func watch(_ name: String, topics: Int, watches: Int, limit: UInt32) -> NeighbourScene {
        NeighbourScene(name: name) { stage in
            try stage.createTopics(stage.count(topics))
            let offender = try Offender(stage)
            return {
                let request = WatchRequest(
                    interval: WatchRequest.shortestInterval, clients: ClientQuery(sort: .lagMessages, limit: limit),
                    topics: TopicQuery(sort: .publishedMessages, limit: limit))
                try offender.ask(count: watches) { .watch(request: $1, request) }
                return try watch([offender])
            }
        }
    }
}
