import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    static let lists =
        [
            list("list-one-100000", topics: 100_000, TopicQuery(limit: 1)),
            list("list-one-1000000", topics: 1_000_000, TopicQuery(limit: 1)),
            list("list-sorted-1000000", topics: 1_000_000, TopicQuery(sort: .publishedMessages, limit: 20)),
            list("list-all-100000", topics: 100_000, TopicQuery(limit: .max)),
        ] + [listClients, inspectReader, listsUnread]

    /// One list after the other.
    private static func list(_ name: String, topics: Int, _ query: TopicQuery) -> NeighbourScene {
        NeighbourScene(name: name) { stage in
            try stage.createTopics(stage.count(topics))
            let offender = try Offender(stage)
            return {
                let times = try stage.again { try offender.ask { .listTopics(request: $1, query: query) } }
                return "\(FigureText.count(times)) lists"
            }
        }
    }

    private static let listClients = NeighbourScene(name: "list-clients-10000") { stage in
        let crowd = try stage.connect(stage.count(10_000))
        let offender = try Offender(stage)
        return {
            let query = ClientQuery(sort: .lagMessages, limit: 20)
            let times = try stage.again { try offender.ask { .listClients(request: $1, query: query) } }
            return "\(FigureText.count(times)) lists of \(FigureText.count(crowd.count)) clients"
        }
    }

    /// The details of a client that reads every topic.
    private static let inspectReader = NeighbourScene(name: "inspect-1000000") { stage in
        try stage.createTopics(stage.count(1_000_000))
        let reader = try Offender(stage)
        try reader.ask { .subscribe(request: $1, pattern: ">", from: .new) }
        let offender = try Peer(port: stage.port)
        let answer = try offender.ask { .listClients(request: $0, query: ClientQuery(sort: .topics, limit: 1)) }
        guard case .clients(_, let page, _) = answer, let client = page.rows.first else {
            throw GrowthError("LIST CLIENTS had no row")
        }
        let inspector = try Offender(stage)
        return {
            let times = try stage.again { try inspector.ask { .inspectClient(request: $1, id: client.id) } }
            withExtendedLifetime(reader) {}
            return "\(FigureText.count(times)) times"
        }
    }

    /// Connections that ask for lists and read none of the answers.
    private static let listsUnread = NeighbourScene(name: "lists-unread-16") { stage in
        try stage.createTopics(stage.count(100_000))
        let offenders = try stage.connect(16)
        return {
            var requests = ByteBuffer()
            for request in 1...64 as ClosedRange<UInt32> {
                ClientFrame.listTopics(request: request, query: TopicQuery(sort: .publishedMessages, limit: .max))
                    .write(to: &requests)
            }
            for offender in offenders { try offender.send(requests, reads: false) }
            Monotonic.sleep(milliseconds: 5000)
            return "16 × 64 lists"
        }
    }
}
