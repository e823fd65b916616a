import NIOCore
import Testing
import ZaichikProtocol

@Suite("Bytes that mean nothing")
struct RandomBytesTests {
    static let seeds: [UInt64] = [1, 2, 3, 0xDEAD_BEEF]

    @Test("64 KiB of noise end in an error or ask for a bounded number, from every byte on", arguments: seeds)
    func noise(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let noise = random.bytes(64 << 10)
        let classic = ClassicDecoder(limit: FrameLimits.standard)
        for start in 0..<noise.readableBytes {
            let rest = noise.piece(start, noise.readableBytes)
            if let wanted = try? wanted(FrameMeasure.native(rest, limit: FrameLimits.standard)) {
                #expect(wanted <= FrameLimits.standard)
            }
            if let wanted = try? wanted(classic.measure(rest)) { #expect(wanted <= FrameLimits.standard + 8) }
        }
    }

    @Test("noise behind every type decodes or is an error", arguments: seeds)
    func noisyBodies(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var decoded = 0
        for type in UInt8.min...UInt8.max {
            for size in 0..<64 {
                let noisy = frame(
                    type: type, flags: UInt8.random(in: 0...255, using: &random),
                    short: Int.random(in: 0...(size + 4), using: &random), body: random.bytes(size))
                if (try? ClientFrame(decoding: noisy)) != nil { decoded += 1 }
                if (try? BrokerFrame(decoding: noisy)) != nil { decoded += 1 }
            }
        }
        #expect(decoded > 0)
    }

    @Test("a frame with one bit turned decodes or is an error", arguments: seeds)
    func turnedBits(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<4 {
            for frame in Samples.clientFrames { turn(frame.bytes, &random) { _ = try ClientFrame(decoding: $0) } }
            for frame in Samples.brokerFrames { turn(frame.bytes, &random) { _ = try BrokerFrame(decoding: $0) } }
        }
    }

    @Test("a classic frame with one byte changed decodes, waits or is an error", arguments: seeds)
    func turnedClassicBytes(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let decoder = ClassicDecoder(limit: FrameLimits.standard)
        for _ in 0..<16 {
            for frame in Samples.classicFrames {
                turn(frame.bytes, &random) { damaged in
                    var damaged = damaged
                    guard case .complete(let length) = try decoder.measure(damaged), length <= damaged.readableBytes
                    else { return }
                    _ = try decoder.decode(&damaged)
                }
            }
        }
    }

    /// Turns a bit and decodes. That nothing traps is what is tested; an error is as good as a frame.
    private func turn(_ frame: ByteBuffer, _ random: inout SplitMix, _ decode: (ByteBuffer) throws -> Void) {
        var damaged = frame
        let index = Int.random(in: 0..<frame.readableBytes, using: &random)
        let byte = frame.getInteger(at: index, as: UInt8.self)!
        damaged.setInteger(byte ^ (1 << UInt8.random(in: 0..<8, using: &random)), at: index)
        do { try decode(damaged) } catch { #expect(error is FrameError || error is ClassicError) }
    }

    private func wanted(_ measure: FrameMeasure) -> Int {
        switch measure {
        case .complete(let length), .atLeast(let length): length
        }
    }
}
