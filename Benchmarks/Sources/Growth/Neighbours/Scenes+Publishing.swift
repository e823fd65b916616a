import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    static let publishing = [commits, rejects, commitAll]

    /// Many publishers wait for one topic, whose reader commits message by message.
    private static let commits = NeighbourScene(name: "blocked-publishers-4000") { stage in
        let topic = try FullTopic(stage)
        let frame = FrameBatch(topicID: topic.id, count: 1, payload: FullTopic.payload).bytes
        let publishers = try stage.connect(stage.count(4000)) { publisher, _ in
            // The PING that follows is answered after the publish, so this one does not wait for it.
            try publisher.send(.ping(1))
            try publisher.send(frame)
        }
        return {
            let reader = topic.reader
            var committed = 0
            let end = Monotonic.now + 4_000_000_000
            while committed < publishers.count, Monotonic.now < end {
                while try reader.receive() {}
                if committed < reader.count(.deliver) {
                    committed += 1
                    try reader.send(.commit(UInt64(committed)))
                }
                try reader.send(.ping(1))
                let before = reader.count(.pong)
                try reader.wait { reader.count(.pong) > before }
            }
            return "\(FigureText.count(committed)) commits"
        }
    }

    /// Everything is kept, much more than queues may hold back: each publish is refused.
    private static let rejects = NeighbourScene(name: "reject-1600000") { stage in
        let publisher = try Offender(stage)
        let id = try publisher.topic("kept", [.limit: 1, .overflow: 1, .historyBytes: .max])
        let batch = FrameBatch(topicID: id, count: 1000, payload: 0)
        try publisher.publish(batch, times: stage.count(1_600_000) / batch.count)
        try publisher.awaitConfirms()
        let reader = try Offender(stage)
        try reader.ask { .subscribe(request: $1, pattern: "kept", from: .new) }
        // The first one is accepted: it is the one that the reader holds back.
        return {
            let one = FrameBatch(topicID: id, count: 10, payload: 0)
            let times = try stage.again {
                try publisher.publish(one, times: 1)
                try publisher.awaitConfirms()
            }
            withExtendedLifetime(reader) {}
            let count = FigureText.count(times * one.count)
            return "\(count) publishes, \(FigureText.count(publisher.count(.reject))) refused"
        }
    }

    /// Deliveries of two topics by turns, committed by one frame.
    private static let commitAll = NeighbourScene(name: "commit-1048576") { stage in
        let reader = try inFlight(stage)
        let count = reader.count(.deliver)
        return {
            try reader.send(.commit(UInt64(count)), .ping(1))
            try reader.wait { reader.count(.pong) > 0 }
            return "\(FigureText.count(count)) committed"
        }
    }
}
