import NIOCore
import ZaichikProtocol

extension ResidentScene {
    /// Input of clients that the broker cannot finish with.
    static let input = [
        ResidentScene(name: "frames-500x8MiB") { stage, load in
            let offenders = try stage.connect(stage.isQuick ? 100 : 500)
            load.add(offenders)
            var frame = ByteBuffer()
            frame.writeInteger(UInt32(FrameLimits.standard) - 4, endianness: .little)
            frame.writeBytes([ClientOpcode.publish.rawValue, 0, 0, 0])
            frame.writeRepeatingByte(0, count: FrameLimits.standard - 8 - 1)
            return try push(frame, from: offenders, stage)
        },
        ResidentScene(name: "parked-500x1MiB") { stage, load in
            let topic = try FullTopic(stage)
            let offenders = try stage.connect(500)
            load.add(offenders + [topic.reader])
            return try push(
                FrameBatch(topicID: topic.id, count: 1000, payload: FullTopic.payload).bytes, from: offenders, stage)
        },
        ResidentScene(name: "pings-100x200000") { stage, load in
            let topic = try FullTopic(stage)
            let offenders = try stage.connect(100)
            load.add(offenders + [topic.reader])
            var frames = FrameBatch(topicID: topic.id, count: 1, payload: FullTopic.payload).bytes
            for token in 0..<stage.count(200_000) { ClientFrame.ping(UInt64(token)).write(to: &frames) }
            return try push(frames, from: offenders, stage)
        },
    ]

    /// Sends the same from each, side by side, as long as the broker takes something.
    private static func push(_ bytes: ByteBuffer, from offenders: [Offender], _ stage: Stage) throws -> String {
        var rests: [ByteBuffer?] = offenders.map { _ in bytes }
        var ended = 0
        var last = Monotonic.now
        while Monotonic.now - last < 2_000_000_000, rests.contains(where: { $0 != nil }) {
            try stage.deadline.check()
            for (index, offender) in offenders.enumerated() {
                guard var rest = rests[index] else { continue }
                do {
                    if try offender.push(&rest) { last = Monotonic.now }
                    rests[index] = rest.readableBytes > 0 ? rest : nil
                } catch {
                    ended += 1
                    rests[index] = nil
                }
            }
        }
        let waiting = rests.count { $0 != nil }
        return "\(offenders.count - ended - waiting) sent all, \(waiting) were not read on, \(ended) were ended"
    }
}
