import Glibc

/// A blocking TCP connection on 127.0.0.1. Blocking, because a thread that has nothing else to do is the fastest
/// reader and writer there is.
final class Socket: Sendable {
    private let descriptor: Int32

    /// Connects.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw GrowthError.system("socket") }
        guard Self.withAddress(port, { connect(descriptor, $0, $1) }) == 0 else { throw GrowthError.system("connect") }
        set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
    }

    /// Listens on a free port.
    init(listening: Void) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw GrowthError.system("socket") }
        guard Self.withAddress(0, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 1) == 0 else {
            throw GrowthError.system("listen")
        }
    }

    private init(accepted descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // A reset leaves no port waiting: tens of thousands of connections come and go.
        set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        close(descriptor)
    }

    func accept() throws -> Socket {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw GrowthError.system("accept") }
        return Socket(accepted: accepted)
    }

    var port: Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    func send(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let sent = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw GrowthError.system("send") }
            rest = UnsafeRawBufferPointer(rebasing: rest[sent...])
        }
    }

    /// Sends what the socket takes at once.
    ///
    /// - Returns: How many bytes; 0: it is full.
    func sendSome(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        while true {
            let sent = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            if sent >= 0 { return sent }
            if errno == EAGAIN { return 0 }
            guard errno == EINTR else { throw GrowthError.system("send") }
        }
    }

    /// Waits until one of the sockets has something to read.
    ///
    /// - Parameter orSend: Whether room to send ends the wait, too.
    static func wait(_ sockets: [Socket], orSend: Bool = false, milliseconds: Int32) {
        var polls = sockets.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN | (orSend ? POLLOUT : 0)), revents: 0)
        }
        _ = poll(&polls, nfds_t(polls.count), milliseconds)
    }

    /// Reads what has arrived, without waiting.
    ///
    /// - Parameter waits: Whether to wait until something is there.
    /// - Returns: The number of bytes; 0 if none has arrived.
    func receive(into bytes: UnsafeMutableRawBufferPointer, waits: Bool) throws -> Int {
        while true {
            let read = recv(descriptor, bytes.baseAddress, bytes.count, waits ? 0 : Int32(MSG_DONTWAIT))
            if read > 0 { return read }
            guard read < 0 else { throw GrowthError("the broker closed the connection") }
            if errno == EAGAIN { return 0 }
            guard errno == EINTR else { throw GrowthError.system("recv") }
        }
    }

    private func set<Value>(_ level: Int32, _ name: Int32, _ value: Value) {
        withUnsafeBytes(of: value) { _ = setsockopt(descriptor, level, name, $0.baseAddress, socklen_t($0.count)) }
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}

extension GrowthError {
    static func system(_ call: String) -> GrowthError { GrowthError("\(call): \(String(cString: strerror(errno)))") }
}
