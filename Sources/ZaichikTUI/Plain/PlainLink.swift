#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A model that is kept up to date by a link, without a terminal: for what is printed line by line.
final class PlainLink {
    private(set) var model: Model
    private let link: any BrokerLink
    private let clock: () -> Moment
    private let pipe: WakePipe

    init(model: Model, link: any BrokerLink, clock: @escaping () -> Moment) {
        (self.model, self.link, self.clock) = (model, link, clock)
        pipe = WakePipe()
    }

    func start() {
        let pipe = pipe
        link.start { pipe.wake() }
        carryOut([.link(.watch(model.watchRequest))])
    }

    func end() { link.end(patience: .seconds(1)) }

    /// Waits for events, at most so long.
    ///
    /// - Parameter input: A file from which lines are read; nil if none is.
    /// - Returns: Whether there is something to read.
    func wait(milliseconds: Int32, input: Int32? = nil) -> Bool {
        var files = [pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)]
        if let input { files.append(pollfd(fd: input, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&files, nfds_t(files.count), milliseconds)
        pipe.drain()
        return files.count > 1 && files[1].revents != 0
    }

    /// Takes what came.
    ///
    /// - Parameter told: Called with each event, and the model before and after it.
    func takeEvents(_ told: (LinkEvent, _ before: Model, _ after: Model) -> Void) {
        for event in link.takeEvents() {
            let before = model
            carryOut(update(&model, .link(event), now: clock()))
            told(event, before, model)
        }
        carryOut(update(&model, .tick, now: clock()))
    }

    /// Runs something that changes the model, and carries out what it asks for.
    func change(_ body: (inout Model, Moment) -> [Effect]) { carryOut(body(&model, clock())) }

    private func carryOut(_ effects: [Effect]) {
        for effect in effects { if case .link(let request) = effect { link.perform(request) } }
    }
}

/// A pipe by which any thread ends a wait.
private final class WakePipe: Sendable {
    let reading: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        _ = pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    func wake() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading, &bytes, bytes.count) > 0 {}
    }
}
