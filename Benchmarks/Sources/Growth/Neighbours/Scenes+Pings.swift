import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    /// A publish waits for a full topic, and so many PINGs follow it; then room comes.
    static let pings = [("pings-262144", 262_144), ("pings-1000000", 1_000_000)].map { name, count in
        NeighbourScene(name: name) { stage in
            let topic = try FullTopic(stage)
            let offender = try Offender(stage)
            let wanted = stage.count(count)
            return {
                var rest = FrameBatch(topicID: topic.id, count: 1, payload: FullTopic.payload).bytes
                for token in 0..<wanted { ClientFrame.ping(UInt64(token)).write(to: &rest) }
                try send(rest, from: offender, in: stage)
                try awaitReading(offender)
                return try pong(offender, of: wanted, while: topic, stage)
            }
        }
    }

    /// Sends for as long as the broker reads.
    private static func send(_ frames: ByteBuffer, from offender: Offender, in stage: Stage) throws {
        var rest = frames
        var last = Monotonic.now
        while rest.readableBytes > 0, Monotonic.now - last < 1_000_000_000 {
            try stage.deadline.check()
            if try offender.push(&rest) { last = Monotonic.now } else { Monotonic.sleep(milliseconds: 1) }
            while try offender.receive() {}
        }
    }

    /// Waits until the broker has read what was sent: a request overtakes what waits for room. A broker that does not
    /// read on is not waited for.
    private static func awaitReading(_ offender: Offender) throws {
        var request = ByteBuffer()
        ClientFrame.topic(request: 1, name: "overtakes").write(to: &request)
        let end = Monotonic.now + 2_000_000_000
        while request.readableBytes > 0 || offender.answered == 0, Monotonic.now < end {
            if request.readableBytes > 0 { _ = try offender.push(&request) }
            while try offender.receive() {}
            Monotonic.sleep(milliseconds: 1)
        }
    }

    private static func pong(
        _ offender: Offender, of wanted: Int, while topic: FullTopic, _ stage: Stage
    ) throws -> String {
        let start = Monotonic.now
        while offender.count(.pong) < wanted, Monotonic.now - start < 15_000_000_000 {
            try stage.deadline.check()
            try topic.makeRoom()
            while try offender.receive() {}
            Monotonic.sleep(milliseconds: 1)
        }
        return "\(FigureText.count(offender.count(.pong))) of \(FigureText.count(wanted)) PONGs"
    }
}
