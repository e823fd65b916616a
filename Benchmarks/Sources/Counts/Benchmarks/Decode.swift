import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// From a read to runs of publishes.
extension Benchmark {
    static let decode = [1, 64, 1024].map { whole($0) } + [1, 64, 1024].map { split($0) } + [commitFrame]

    /// A read of whole frames.
    private static func whole(_ count: Int) -> Benchmark {
        Benchmark(name: "decode-\(count)", messages: count) {
            let read = Frames.publishes(count, topic: 1)
            var assembler = FrameAssembler()
            return { precondition(runs(of: read, &assembler) == count, "frames are missing") }
        }
    }

    /// Two reads, the first of which ends, and the second begins, in the middle of a frame.
    private static func split(_ count: Int) -> Benchmark {
        Benchmark(name: "decode-split-\(count)", messages: count) {
            var first = Frames.publishes(count, topic: 1)
            let length = first.readableBytes / count
            let second = ByteBuffer(bytes: first.readableBytesView.suffix(count / 2 * length + length / 2))
            first = first.getSlice(at: 0, length: first.readableBytes - second.readableBytes)!
            var assembler = FrameAssembler()
            return {
                let found = runs(of: first, &assembler) + runs(of: second, &assembler)
                precondition(found == count, "frames are missing")
            }
        }
    }

    /// A frame that is decoded to a value, as all are but publishes.
    private static let commitFrame = Benchmark(name: "decode-commit", unit: "frame", messages: 1) {
        var bytes = ByteBuffer()
        ClientFrame.commit(17).write(to: &bytes)
        return {
            let frame = try? ClientFrame(decoding: bytes)
            precondition(frame == .commit(17), "it was decoded to something else")
        }
    }

    /// The work of a connection for a read, without publishing.
    private static func runs(of read: ByteBuffer, _ assembler: inout FrameAssembler) -> Int {
        var count = 0
        do {
            try assembler.receive(
                read,
                measure: { bytes throws(FrameError) in try .native(bytes, limit: FrameLimits.standard) },
                take: { bytes throws(FrameError) in
                    guard
                        let run = bytes.withUnsafeReadableBytes({ FrameScan.run($0, limit: FrameLimits.standard) })
                    else { return .stop }
                    bytes.moveReaderIndex(forwardBy: run.bytes)
                    count += run.count
                    return .proceed
                })
        } catch { preconditionFailure("\(error)") }
        return count
    }
}
