import DequeModule
import NIOCore
import ZaichikProtocol

/// The watches of one connection. A value: it decides what to gather and what to send, and does neither.
struct WatchList {
    /// The most watches that a connection may have.
    static let limit = PeerLimits.watches
    /// The longest interval granted, in ms.
    static let longestInterval: UInt32 = 3_600_000

    private struct Watch {
        let request: WatchRequest
        /// A number that distinguishes the watch from earlier ones under the same id.
        let serial: UInt64
        /// Whether an update is being gathered, or waits to be sent.
        var isUnderWay = false
    }

    /// An update to be gathered.
    struct Wanted: Equatable {
        var watch: UInt32
        var serial: UInt64
        var request: WatchRequest
    }

    /// The outcome for a watch that falls due.
    enum Due: Equatable {
        case gather(Wanted)
        /// The previous update is not sent yet, so this one is left out.
        case skip
        /// The watch has ended.
        case ended
    }

    private var watches: [UInt32: Watch] = [:]
    private var lastSerial: UInt64 = 0
    /// Updates to send, in the order in which they were gathered.
    private var ready: Deque<(wanted: Wanted, update: WatchUpdate)> = []
    /// The frame of the first of these updates while it is being made.
    private var frame: UpdateFrame?

    var hasReady: Bool { !ready.isEmpty }

    /// - Parameter rows: The most rows of a kind in an update.
    /// - Returns: The interval granted, in ms.
    mutating func begin(_ id: UInt32, _ request: WatchRequest, rows: Int) throws(FrameError) -> UInt32 {
        guard watches[id] == nil, watches.count < Self.limit else {
            throw FrameError(
                .tooManyWatches, request: id,
                "a connection may have at most \(Self.limit) watches, each under its own request id")
        }
        var request = request
        request.interval = min(max(request.interval, WatchRequest.shortestInterval), Self.longestInterval)
        if let limit = request.clients?.limit { request.clients?.limit = min(limit, UInt32(rows)) }
        if let limit = request.topics?.limit { request.topics?.limit = min(limit, UInt32(rows)) }
        lastSerial += 1
        watches[id] = Watch(request: request, serial: lastSerial)
        return request.interval
    }

    mutating func end(_ id: UInt32, request: UInt32) throws(FrameError) {
        guard watches.removeValue(forKey: id) != nil else {
            throw FrameError(.badArgument, request: request, "no watch has request id \(id)")
        }
        if ready.first?.wanted.watch == id { frame = nil }
        ready.removeAll { $0.wanted.watch == id }
    }

    /// Notes that the interval of a watch is over.
    ///
    /// - Parameter mayGather: Whether the client takes what it is sent: it gets no update that would be out of date
    ///   when it is read.
    mutating func due(_ id: UInt32, mayGather: Bool) -> Due {
        guard let watch = watches[id] else { return .ended }
        guard mayGather, !watch.isUnderWay else { return .skip }
        watches[id]?.isUnderWay = true
        return .gather(Wanted(watch: id, serial: watch.serial, request: watch.request))
    }

    /// Adds a gathered update. It is dropped if its watch has ended meanwhile.
    mutating func gathered(_ wanted: Wanted, _ update: WatchUpdate) {
        guard watches[wanted.watch]?.serial == wanted.serial else { return }
        ready.append((wanted, update))
    }

    /// Drops the updates that are ready: the client takes no more, and they would be out of date when read.
    ///
    /// - Returns: How many updates were dropped.
    mutating func drop() -> Int {
        for (wanted, _) in ready { watches[wanted.watch]?.isUnderWay = false }
        let dropped = ready.count
        ready.removeAll()
        frame = nil
        return dropped
    }

    /// Continues to make the frame of the next update.
    ///
    /// - Returns: The frame when it is complete; nil if there is no update, or if another step is needed.
    mutating func step(now: UInt64) -> ByteBuffer? {
        guard let (wanted, update) = ready.first else { return nil }
        let frame = frame ?? UpdateFrame(watch: wanted.watch, update, sort: wanted.request.topics?.sort)
        self.frame = frame
        guard let bytes = frame.step(now: now) else { return nil }
        self.frame = nil
        ready.removeFirst()
        watches[wanted.watch]?.isUnderWay = false
        return bytes
    }
}
