import DequeModule
import NIOConcurrencyHelpers
import NIOCore
import Synchronization
import ZaichikProtocol

/// A topic of the broker's own, and the reports that wait to be appended to it.
///
/// Reports may be added from any thread, whatever locks it has: they are appended at the end of a loop's step, in batches.
final class ReportStream: Sendable {
    let topic: Topic
    private let publisher: Publisher
    private let waiting = NIOLockedValueBox(Waiting())
    /// Of this stream and the others of the broker.
    private let areWaiting: WaitingReports
    /// The report of reports that are left out.
    private let leftOut: @Sendable (UInt64) -> any Report

    private struct Waiting {
        var reports: Deque<any Report> = []
        /// Reports that found no room, or no memory, and have not been told as left out.
        var lost: UInt64 = 0
        /// Whether a loop is appending some of them: the others follow, in their order.
        var isAppending = false
    }

    /// The most reports that may wait.
    static let mostWaiting = 1 << 13
    /// How many reports, and how many bytes of them, are appended in one step.
    private static let mostInAStep = 128
    private static let bytesInAStep = 64 << 10

    /// - Parameter leftOut: Makes the report that tells how many others were left out.
    init(
        _ topic: Topic, budget: MemoryBudget, areWaiting: WaitingReports,
        leftOut: @escaping @Sendable (UInt64) -> any Report
    ) {
        self.topic = topic
        self.areWaiting = areWaiting
        self.leftOut = leftOut
        // No loop has a seat like these.
        publisher = Publisher(
            handle: PublisherHandle(shard: .max, seat: 0, generation: 0),
            reader: ReaderHandle(shard: .max, seat: 0, generation: 0), budget: budget)
    }

    func add(_ report: any Report) {
        waiting.withLockedValue { waiting in
            if waiting.reports.count < Self.mostWaiting {
                waiting.reports.append(report)
            } else {
                waiting.lost += 1
            }
        }
        areWaiting.set()
    }

    /// Appends some of what waits.
    ///
    /// - Parameter stamp: Makes the arrival stamp, inside the topic's lock.
    /// - Returns: Whether more waits.
    func append(now: UInt64, stamp: () -> UInt64, wakes: inout WakeList) -> Bool {
        guard let reports = take() else { return false }
        guard !reports.isEmpty else { return true }
        var frames = ByteBuffer()
        var count = 0
        for report in reports where frames.readableBytes < Self.bytesInAStep {
            write(report, to: &frames)
            count += 1
        }
        let result = frames.withUnsafeReadableBytes { bytes in
            topic.locked { state in
                state.publish(
                    PublishRun(frames: bytes, count: count, stamp: stamp(), now: now, publisher: publisher),
                    wakes: &wakes)
            }
        }
        return waiting.withLockedValue { waiting in
            waiting.lost += UInt64(count - result.count)
            waiting.reports.insert(contentsOf: reports[count...], at: 0)
            waiting.isAppending = false
            return !waiting.reports.isEmpty
        }
    }

    /// - Returns: What is to be appended now; empty if another loop is appending, nil if nothing waits.
    private func take() -> [any Report]? {
        waiting.withLockedValue { waiting in
            guard !waiting.isAppending else { return [] }
            if waiting.lost > 0 {
                waiting.reports.prepend(leftOut(waiting.lost))
                waiting.lost = 0
            }
            guard !waiting.reports.isEmpty else { return nil }
            waiting.isAppending = true
            let reports = Array(waiting.reports.prefix(Self.mostInAStep))
            waiting.reports.removeFirst(reports.count)
            return reports
        }
    }

    private func write(_ report: any Report, to frames: inout ByteBuffer) {
        let key = report.key.clamped(toUTF8: Int(UInt16.max))
        Message(topicID: topic.id, key: ByteBuffer(string: key), payload: ByteBuffer(string: report.json))
            .write(to: &frames, type: ClientOpcode.publish.rawValue)
    }
}

/// Whether reports of any stream wait: one look at a word in each step of a loop.
final class WaitingReports: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .releasing) }
    /// - Returns: Whether it was set.
    func take() -> Bool { flag.exchange(false, ordering: .acquiringAndReleasing) }
}
