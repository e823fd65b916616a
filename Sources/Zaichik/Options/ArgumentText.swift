import ArgumentParser
import Glibc
import NIOCore

/// The words of a command line as text, although they are bytes.
///
/// Each byte that is not UTF-8 becomes a scalar of its own, from a part of Unicode that is set aside for private use. So
/// a word can pass through code that takes strings, and its bytes are found again.
enum ArgumentText {
    /// The scalar that stands for the byte 0; only bytes from 0x80 on are ever replaced.
    private static let base: UInt32 = 0x10_F700
    private static let stand = (base + 0x80)...(base + 0xFF)

    /// The words that this process was started with, without the program's name.
    static var own: [String] {
        (1..<max(Int(CommandLine.argc), 1)).compactMap { place in
            CommandLine.unsafeArgv[place].map { word in
                text(UnsafeRawBufferPointer(start: word, count: strlen(word)))
            }
        }
    }

    static func text(_ bytes: some Collection<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var parser = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var place = bytes.startIndex
        func replaced(_ count: Int) {
            for _ in 0..<count {
                text.append(Unicode.Scalar(base + UInt32(bytes[place]))!)
                bytes.formIndex(after: &place)
            }
        }
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                if stand.contains(scalar.value) {
                    // It would be taken for a byte, so its own bytes are replaced.
                    replaced(encoded.count)
                } else {
                    text.append(scalar)
                    bytes.formIndex(&place, offsetBy: encoded.count)
                }
            case .error(let length): replaced(length)
            case .emptyInput: return String(text)
            }
        }
    }

    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if stand.contains(scalar.value) {
                bytes.append(UInt8(scalar.value - base))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        return bytes
    }

    static func isUTF8(_ text: String) -> Bool { !text.unicodeScalars.contains { stand.contains($0.value) } }
}

/// An argument that may be any bytes, such as a message, a key or the path of a file.
struct ArgumentBytes: ExpressibleByArgument, Equatable {
    /// As ``ArgumentText`` writes it.
    var text: String

    init(argument: String) { text = argument }

    var bytes: [UInt8] { ArgumentText.bytes(text) }

    /// The argument that stands for standard input.
    var isDash: Bool { bytes == [UInt8(ascii: "-")] }

    var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }
}

/// A command some of whose arguments may be any bytes; all the others are UTF-8.
protocol TakesBytes: ParsableCommand {
    /// The names of those options, without dashes, and of those arguments.
    static var byteArguments: Set<String> { get }
}
