import Foundation

/// Answers everything as a web server does that understands nothing of it.
final class WebServer: Sendable {
    private let socket: Int32

    init(port: UInt16) throws {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound, listen(socket, 8) == 0 else {
            close(socket)
            throw Programs.Failure(
                description: "port \(port) cannot be listened on: \(String(cString: strerror(errno)))")
        }
        self.socket = socket
        Thread.detachNewThread { Self.serve(socket) }
    }

    /// Ends the thread as well: its wait for connections fails.
    func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    private static func serve(_ socket: Int32) {
        let answer = Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8)
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { break }
            _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
            close(connection)
        }
        close(socket)
    }
}
