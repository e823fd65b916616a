import DequeModule
import NIOCore
import ZaichikProtocol

/// The side of a queue that belongs to one connection: how much it may have in flight, its numbering, what is in flight
/// there, and the topics that it was told.
///
/// It is a part of its connection, which hands it to the ``ClientQueue`` for each take and each commit: the queue of a
/// client without a session has one from its beginning to its end, at no cost of its own.
struct Attachment {
    let budget: MemoryBudget
    /// How many deliveries may be in flight; 0 pauses.
    private(set) var window: UInt32
    /// How many bytes of them; nil if they never were bounded.
    var byteWindow: ByteWindow?
    /// Deliveries made, which number them from 1.
    private(set) var delivered: UInt64 = 0
    var committed: UInt64 = 0
    var inFlight: InFlight
    /// How many deliveries may still be made before the end; nil until the end has come.
    private var last: Int?
    /// Distinguishes it from the other attachments that its queue has had; 0 until it has a queue.
    var serial: UInt16 = 0

    init(window: UInt32 = 0, budget: MemoryBudget) {
        self.budget = budget
        self.window = min(window, FrameLimits.window)
        inFlight = InFlight(budget: budget)
    }

    var inFlightCount: Int { Int(delivered - committed) }
    /// How many deliveries may be made now.
    var room: Int {
        if inFlight.isFull || byteWindow?.isFull == true { return 0 }
        return last ?? max(Int(window) - inFlightCount, 0)
    }
    /// Whether no more is delivered than there was room for at the end.
    var isEnding: Bool { last != nil }

    /// - Parameter bytes: How many bytes of deliveries may be in flight; 0 if they are not bounded.
    mutating func setWindow(_ window: UInt32, bytes: Int = 0) {
        self.window = min(window, FrameLimits.window)
        if byteWindow == nil, bytes > 0 { byteWindow = ByteWindow(limit: bytes, inFlight: inFlight, budget: budget) }
        byteWindow?.limit = bytes > 0 ? bytes : nil
    }

    /// Notes that so many deliveries were made.
    mutating func delivered(_ count: Int) {
        delivered += UInt64(count)
        if let last { self.last = last - count }
    }

    /// Notes the lengths of deliveries, if their bytes are bounded.
    mutating func noteLengths(_ taken: TakenRun) {
        if byteWindow != nil { taken.bytes.withUnsafeReadableBytes { byteWindow!.delivered($0) } }
    }

    /// Has no more delivered than there is room for now.
    mutating func end() {
        if last == nil { last = room }
        byteWindow?.end()
    }

    /// Drops what is in flight, and gives back its memory: the client is gone.
    mutating func abandonInFlight() {
        inFlight.removeAll()
        byteWindow?.close()
        byteWindow = nil
    }
}

extension Attachment {
    /// What is in flight here.
    var lag: QueueLag {
        var lag = QueueLag(inFlight: UInt64(inFlightCount))
        for run in inFlight.runs {
            lag.bytes += UInt64(run.bytes)
            lag.oldest = min(lag.oldest ?? run.timestamp, run.timestamp)
        }
        return lag
    }
}
