import Glibc

/// The reason that a test client could not continue.
public enum WireError: Error, CustomStringConvertible {
    case system(String, Int32)
    case timedOut(String)
    case ended(String)
    case unexpected(String)

    public var description: String {
        switch self {
        case .system(let call, let number): "\(call): \(String(cString: strerror(number)))"
        case .timedOut(let what): "\(what) did not come in time"
        case .ended(let what): "the stream ended, \(what) was awaited"
        case .unexpected(let what): what
        }
    }
}

/// A blocking TCP connection for tests, with a deadline for each operation.
public final class Wire {
    /// For whatever a broker that works does at once.
    public static let patience: Double = 10

    private let descriptor: Int32
    private var isOpen = true

    /// - Parameter receiveBuffer: The bytes that the kernel takes while the test does not read.
    public init(port: Int, receiveBuffer: Int? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw WireError.system("socket", errno) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        if var size = receiveBuffer.map({ Int32($0) }) { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var timeout = timeval(tv_sec: Int(Self.patience), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let number = errno
            Glibc.close(descriptor)
            isOpen = false
            throw WireError.system("connect", number)
        }
    }

    deinit { close() }

    /// The port of this end: lists of clients have it in their addresses.
    public var localPort: Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Ends our half of the stream.
    public func halfClose() { Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

    public func send(_ bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                throw errno == EAGAIN ? WireError.timedOut("room to send") : WireError.system("send", errno)
            }
            sent += count
        }
    }

    /// Sends as much as the other side takes; it may have gone.
    public func trySend(_ bytes: some Sequence<UInt8>) { try? send(bytes) }

    /// Reads the bytes that have come, waiting for the first one.
    ///
    /// - Returns: nil at the end of the stream.
    public func receive(within seconds: Double = patience, _ what: @autoclosure () -> String) throws -> [UInt8]? {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, Int32(seconds * 1000)) > 0 else { throw WireError.timedOut(what()) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw WireError.system("recv", errno) }
        return count == 0 ? nil : Array(bytes[..<count])
    }

    /// Everything up to the end of the stream.
    public func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try receive("the end of the stream") { all += bytes }
        return all
    }
}

/// Waits for something that is seen only by looking.
public func eventually(
    _ what: String, within seconds: Double = Wire.patience, _ condition: () throws -> Bool
) throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
        guard ContinuousClock.now < deadline else { throw WireError.timedOut(what) }
        usleep(5000)
    }
}

/// Memory of this process, in bytes.
public func residentMemory() throws -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { throw WireError.system("open", errno) }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { throw WireError.system("read", errno) }
    let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
        separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { throw WireError.unexpected("statm has no figures") }
    return pages * sysconf(Int32(_SC_PAGESIZE))
}
