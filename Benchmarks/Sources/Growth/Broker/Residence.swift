import Foundation

/// The resident memory of a process, as the kernel keeps it up to date.
struct Residence {
    /// In bytes; 0: the process is gone.
    private(set) var now = 0
    /// The most that it was, in bytes.
    private(set) var most = 0

    init(process: Int32) {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 1, let kibibytes = Int(words[1]) else { continue }
            switch words[0] {
            case "VmRSS:": now = kibibytes << 10
            case "VmHWM:": most = kibibytes << 10
            default: break
            }
        }
    }
}
