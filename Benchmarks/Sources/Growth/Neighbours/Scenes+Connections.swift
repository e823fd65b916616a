import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    static let connections = [newcomers, framesBegun]

    private static let mostConnections = 200

    /// At the limit of connections, a hundred more a second connect and send no byte.
    private static let newcomers = NeighbourScene(name: "newcomers", maximumConnections: mostConnections) { stage in
        // The pair has two.
        let present = try stage.connect(mostConnections - 2)
        return {
            let (start, before) = (Monotonic.now, stage.clock.now)
            var silent: [Offender] = []
            var next = start
            for _ in 0..<500 {
                silent.append(try Offender(stage, greets: false))
                next += 10_000_000
                Monotonic.sleep(until: next)
                try stage.deadline.check()
            }
            let spent = Double(stage.clock.now - before) / Double(Monotonic.now - start)
            let ended = silent.count { (try? $0.receive()) == nil }
            return "\(FigureText.number(spent * 100, decimals: 1)) % CPU beside \(present.count), \(ended) of 500 ended"
        }
    }

    /// Long frames are started and never finished: each gets a byte now and then.
    private static let framesBegun = NeighbourScene(name: "frames-begun-200") { stage in
        let offenders = try stage.connect(200)
        return {
            let length = UInt32(FrameLimits.standard) - 4
            for offender in offenders {
                var start = ByteBuffer()
                start.writeInteger(length, endianness: .little)
                start.writeBytes([ClientOpcode.publish.rawValue, 0, 0, 0])
                try offender.send(start)
            }
            var ended = Set<Int>()
            let start = Monotonic.now
            while ended.count < offenders.count, Monotonic.now - start < 15_000_000_000 {
                for (index, offender) in offenders.enumerated() where !ended.contains(index) {
                    do {
                        try offender.send(ByteBuffer(bytes: [0]))
                        try offender.receive()
                    } catch { ended.insert(index) }
                }
                Monotonic.sleep(milliseconds: 20)
            }
            return "\(ended.count) of \(offenders.count) ended after \(seconds(start, Monotonic.now))"
        }
    }
}
