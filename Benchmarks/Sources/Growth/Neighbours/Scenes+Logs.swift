import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    /// The messages of a topic are dropped at once, or searched.
    static let logs = [trim, seek, backlogLeaves, runsLeave]

    /// As many pieces as can be: a limit of one byte makes them as small as they get.
    private static func keep(_ count: Int, by publisher: Offender) throws {
        let id = try publisher.topic("kept", [.limit: 1, .overflow: 1, .historyBytes: .max])
        let batch = FrameBatch(topicID: id, count: 1000, payload: 0)
        try publisher.publish(batch, times: count / batch.count)
        try publisher.awaitConfirms()
    }

    private static let trim = NeighbourScene(name: "trim-1600000") { stage in
        let offender = try Offender(stage)
        try keep(stage.count(1_600_000), by: offender)
        return {
            _ = try offender.topic("kept", [.historyBytes: 0])
            return "\(FigureText.count(offender.published)) no longer kept"
        }
    }

    private static let seek = NeighbourScene(name: "seek-1600000") { stage in
        let offender = try Offender(stage)
        let count = stage.count(1_600_000)
        try keep(count, by: offender)
        let starts: [StartPosition] = [.earliest, .time(1), .sequence(UInt64(count / 2)), .time(UInt64.max / 2)]
        return {
            let times = try stage.again {
                for start in starts {
                    try offender.ask { .subscribe(request: $1, pattern: "kept", from: start) }
                    try offender.ask { .unsubscribe(request: $1, pattern: "kept") }
                }
            }
            return "\(FigureText.count(times * starts.count)) subscriptions"
        }
    }

    /// Half a gigabyte is kept for one reader alone.
    private static let backlogLeaves = NeighbourScene(name: "backlog-leaves") { stage in
        let publisher = try Offender(stage)
        let id = try publisher.topic("backlog", [.limit: 8 << 30, .historyBytes: 0])
        let reader = try Offender(stage)
        try reader.ask { .subscribe(request: $1, pattern: "backlog", from: .new) }
        try publisher.publish(FrameBatch(topicID: id, count: 500, payload: 1000), times: stage.count(1000))
        try publisher.awaitConfirms()
        return {
            reader.leave()
            return "\(FigureText.count(publisher.published)) are held no longer"
        }
    }

    /// Deliveries of two topics by turns were never committed.
    private static let runsLeave = NeighbourScene(name: "in-flight-leaves-1048576") { stage in
        let reader = try inFlight(stage)
        return {
            reader.leave()
            return "\(FigureText.count(reader.count(.deliver))) in flight"
        }
    }

    /// A reader with a full window of deliveries of two topics by turns, as short as so many can be in flight.
    static func inFlight(_ stage: Stage) throws -> Offender {
        let publisher = try Offender(stage)
        let ids = try ["a", "b"].map { try publisher.topic($0) }
        let reader = try Offender(stage, window: 1 << 20)
        try reader.ask(count: 2) { .subscribe(request: $1, pattern: ["a", "b"][$0], from: .new) }
        let batch = FrameBatch(
            topicIDs: ids.flatMap { Array(repeating: $0, count: 32) }, count: 1024, payload: 0)
        for _ in 0..<stage.count(1024) {
            try publisher.publish(batch, times: 1)
            while try reader.receive() {}
        }
        try reader.wait { reader.count(.deliver) == Int(publisher.published) }
        return reader
    }
}
