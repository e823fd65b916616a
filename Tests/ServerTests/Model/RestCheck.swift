import NIOCore
import TestSupport
import ZaichikProtocol

/// The figures of a history's topics and clients, all asked for at once.
struct FiguresAtRest {
    private(set) var topics: [String: TopicStatistics] = [:]
    private(set) var clients: [UInt64: ClientDetail] = [:]

    init(_ observer: NativeClient, prefix: String, _ connections: [ConnectionModel]) throws {
        let request = observer.nextRequest()
        var frames: [ClientFrame] = [
            .listTopics(request: request, query: TopicQuery(limit: 100, filter: "\(prefix)."))
        ]
        for connection in connections {
            frames.append(.inspectClient(request: observer.nextRequest(), id: connection.client.id))
        }
        try observer.send(NativeClient.bytes(frames))
        var awaited = frames.count
        while awaited > 0 {
            switch try observer.receive() {
            case .topics(_, let page, let isLast):
                for row in page.rows { topics[row.name] = row }
                if isLast { awaited -= 1 }
            case .client(_, let detail, let isLast):
                clients[detail.client.id] = detail
                if isLast { awaited -= 1 }
            case .error: awaited -= 1
            default: break
            }
        }
    }

    /// Has the model know how far the topics are.
    func note(in world: ModelWorld) throws {
        for (index, topic) in world.topics.enumerated() where topic.id != nil {
            guard let row = topics[topic.name] else {
                throw ModelFailure(rule: "a topic that exists is listed", detail: topic.name)
            }
            world.topics[index].rest(head: row[.headSequence], earliest: row[.earliestSequence])
        }
    }
}

/// What must hold whenever the broker has nothing to do.
struct RestCheck {
    let world: ModelWorld
    let connections: [ConnectionModel]
    let figures: FiguresAtRest

    init(_ world: ModelWorld, _ connections: [ConnectionModel], _ figures: FiguresAtRest) {
        self.world = world
        self.connections = connections
        self.figures = figures
    }

    func check() throws {
        for connection in connections {
            try connection.checkProgress()
            connection.passDuplicates()
        }
        var held: [Int: UInt64] = [:]
        for (index, topic) in world.topics.enumerated() where topic.id != nil {
            let check = TopicCheck(world, index, connections, figures.topics[topic.name]!)
            try check.check()
            held[index] = check.leastHeld
        }
        for connection in connections where connection.isOpen {
            guard let detail = figures.clients[connection.client.id] else {
                throw connection.fail("a client that is connected is listed", "this one is not")
            }
            try ClientCheck(connection, detail).check()
        }
        for (index, first) in held { world.topics[index].heldBefore = first }
    }
}

extension ConnectionModel {
    /// With room in the window, nothing waits.
    func checkProgress() throws {
        guard isOpen, hasRoom else { return }
        for reading in readings.values {
            let topic = world.topics[reading.topic]
            guard reading.next.upperBound <= topic.head else { continue }
            let waiting = (reading.next.upperBound...topic.head).filter { !mayWithhold($0, in: reading.topic) }
            guard waiting.isEmpty else {
                throw fail(
                    "what is there is delivered while the window has room",
                    "\(waiting) of \(topic.name) is not, with \(inFlight) of \(window) in flight")
            }
        }
    }

    /// What was withheld as a duplicate is done with. With room in the window, the queue has come to the end; without, it
    /// may have passed the duplicates that come next.
    func passDuplicates() {
        guard isOpen else { return }
        for index in readings.keys {
            let past = world.topics[index].head + 1
            if hasRoom {
                readings[index]!.reach(end: past)
            } else {
                var end = readings[index]!.next.upperBound
                while end < past, mayWithhold(end, in: index) { end += 1 }
                readings[index]!.mayReach(end: end)
            }
        }
    }

    func mayWithhold(_ sequence: UInt64, in topic: Int) -> Bool {
        world.mayWithhold(sequence, in: topic, keys: readings[topic]?.keys ?? [:])
            || world.mayWithhold(sequence, in: topic, keys: readingsEnded.keys[topic] ?? [:])
    }
}
