namespace TaskDsl.Data.Files;

/// <summary>Recognises what a file holds, whatever its name says. Compiler and runtime share it.</summary>
/// <param name="Content">What it is.</param>
/// <param name="Description">What it is, for messages: "a Parquet file".</param>
/// <param name="Remedy">What its owner can do.</param>
public sealed record FileSignature(FileContent Content, string Description, string Remedy)
{
    private static readonly FileSignature Text = new(
        FileContent.Text,
        "text",
        "write the word of the format that it has, as 'text: <path>'"
    );
    private static readonly FileSignature Lines = new(
        FileContent.JsonLines,
        "JSON Lines (an object a line)",
        "name it *.jsonl, or write 'json_lines: <path>'"
    );

    // The longer signature before the shorter that it begins with.
    private static readonly (byte[] Magic, int Offset, FileSignature Meaning)[] Known =
    [
        ([0x1F, 0x8B], 0, new(FileContent.Gzip, "compressed with gzip", "name it *.gz, behind its format (as data.jsonl.gz)")),
        (
            [0x28, 0xB5, 0x2F, 0xFD],
            0,
            new(FileContent.Zstd, "compressed with Zstandard", "name it *.zst, behind its format (as data.jsonl.zst)")
        ),
        (Ascii("PAR1"), 0, new(FileContent.Parquet, "a Parquet file", "name it *.parquet, or write 'parquet: <path>'")),
        (Ascii("ARROW1"), 0, new(FileContent.ArrowFile, "an Arrow IPC file", "name it *.arrow, or write 'arrow: <path>'")),
        ([0xFF, 0xFF, 0xFF, 0xFF], 0, new(FileContent.ArrowStream, "an Arrow IPC stream", "name it *.arrow, or write 'arrow: <path>'")),
        (
            Ascii("version https://git-lfs"),
            0,
            new(FileContent.LfsPointer, "a git-LFS pointer, not the data", "fetch the data with 'git lfs pull'")
        ),
        ([0xFF, 0xFE, 0, 0], 0, Wide("UTF-32")),
        ([0, 0, 0xFE, 0xFF], 0, Wide("UTF-32")),
        ([0xFF, 0xFE], 0, Wide("UTF-16")),
        ([0xFE, 0xFF], 0, Wide("UTF-16")),
        (Ascii("PK\u0003\u0004"), 0, Other("a ZIP archive (or a spreadsheet)", "unpack it, or save the sheet as CSV")),
        (
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'],
            0,
            Other("compressed with xz", "decompress it, or compress it with gzip or zstd")
        ),
        (Ascii("BZh"), 0, Other("compressed with bzip2", "decompress it, or compress it with gzip or zstd")),
        ([0x04, 0x22, 0x4D, 0x18], 0, Other("compressed with LZ4", "decompress it, or compress it with gzip or zstd")),
        (Ascii("7z\u00BC\u00AF"), 0, Other("a 7-Zip archive", "unpack it")),
        (Ascii("ustar"), 257, Other("a tar archive", "unpack it")),
        (Ascii("%PDF-"), 0, Other("a PDF document", "extract its text first")),
        (Ascii("SQLite format 3"), 0, Other("an SQLite database", "export the table as CSV or JSON Lines")),
        (Ascii("\u0089HDF"), 0, Other("an HDF5 file", "export it as Parquet or JSON Lines")),
        (Ascii("\u0093NUMPY"), 0, Other("a NumPy array", "export it as Parquet or JSON Lines")),
        (Ascii("Obj\u0001"), 0, Other("an Avro file", "export it as Parquet or JSON Lines")),
        (Ascii("ORC"), 0, Other("an ORC file", "export it as Parquet or JSON Lines")),
        ([0x80, 0x04, 0x95], 0, Other("a Python pickle", "export it as JSON Lines; a pickle can run code and is never read")),
    ];

    /// <summary>The compression that a path's extension says; 0 for none.</summary>
    public static FileContent CompressionOf(string path) =>
        path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? FileContent.Gzip
        : path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) ? FileContent.Zstd
        : 0;

    /// <summary>What is wrong with a file that should hold something else, and what to do.</summary>
    /// <param name="format">What it should be, for messages: "JSON Lines".</param>
    public string Not(string format) => $"{Description}, not {format}; {Remedy}";

    /// <summary>What is wrong with a file that should be compressed, and what to do.</summary>
    public string NotCompressed(FileContent compression) =>
        $"{Description}, not a file compressed with {(compression == FileContent.Gzip ? "gzip" : "Zstandard")}; "
        + (IsNoText ? Remedy : "take the extension away, or compress it");

    private bool IsNoText =>
        Content is FileContent.Gzip or FileContent.Zstd or FileContent.Html or FileContent.LfsPointer or FileContent.Other;

    /// <summary>Recognises a file by its first bytes: some kilobytes, or all of it where it is shorter.</summary>
    public static FileSignature Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return new(FileContent.Empty, "empty", "write it again, or leave it out");
        foreach (var (magic, offset, meaning) in Known)
            if (head.Length >= offset + magic.Length && head.Slice(offset, magic.Length).SequenceEqual(magic))
                return meaning;
        if (head.IndexOf((byte)0) >= 0)
            return IsUtf16(head) ? Wide("UTF-16") : Other("no text (it has NUL bytes)", "check what wrote it");
        return OfText(head);
    }

    private static FileSignature OfText(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF)
            head = head.Slice(3);
        head = TrimStart(head);
        if (head.IsEmpty)
            return Text with { Content = FileContent.Text | FileContent.JsonLines }; // None.
        if (Begins(head, "<!doctype html") || Begins(head, "<html"))
            return new(FileContent.Html, "a web page, perhaps an error page saved by a download", "download the data itself");
        var inside = TrimStart(head.Slice(1));
        if (head[0] == '[' && (inside.IsEmpty || inside[0] is (byte)'{' or (byte)']'))
            return new(FileContent.JsonArray, "a JSON array", "name it *.json, or write 'json: <path>'");
        if (head[0] != '{')
            return head.IndexOf([(byte)'\n', (byte)'{', (byte)'"']) < 0
                ? Text
                : Text with
                {
                    Content = FileContent.Text | FileContent.JsonLines,
                };
        if (!inside.IsEmpty && inside[0] is not ((byte)'"' or (byte)'}'))
            return Text with { Content = FileContent.Text | FileContent.JsonLines | FileContent.JsonObject }; // A bracket, or broken JSON.

        // An object that ends on its line is a line of JSON Lines if another follows, and else the whole document.
        var newline = head.IndexOf((byte)'\n');
        if (newline < 0)
            return new(FileContent.JsonObject | FileContent.JsonLines, Lines.Description, Lines.Remedy);
        var next = TrimStart(head.Slice(newline));
        var first = head.Slice(0, newline);
        while (!first.IsEmpty && first[first.Length - 1] is (byte)'\r' or (byte)' ' or (byte)'\t')
            first = first.Slice(0, first.Length - 1);
        var closed = first[first.Length - 1] == '}';
        return closed && !next.IsEmpty && next[0] == '{' ? Lines
            : closed && next.IsEmpty ? new(FileContent.JsonObject | FileContent.JsonLines, Lines.Description, Lines.Remedy)
            : !closed && first.Length <= 1
                ? new(FileContent.JsonObject, "one JSON object over several lines", "name it *.json, or write 'json: <path>'")
            : new(FileContent.JsonObject | FileContent.JsonLines, Lines.Description, Lines.Remedy);
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && text[start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            start++;
        return text.Slice(start);
    }

    private static bool Begins(ReadOnlySpan<byte> text, string word)
    {
        if (text.Length < word.Length)
            return false;
        for (var i = 0; i < word.Length; i++)
            if ((text[i] is >= (byte)'A' and <= (byte)'Z' ? text[i] + 32 : text[i]) != word[i])
                return false;
        return true;
    }

    // Text of mostly European letters has a NUL in every second place, always the same.
    private static bool IsUtf16(ReadOnlySpan<byte> head)
    {
        int even = 0,
            odd = 0;
        for (var i = 0; i < head.Length; i++)
            if (head[i] == 0)
                _ = i % 2 == 0 ? even++ : odd++;
        return Math.Min(even, odd) == 0 && Math.Max(even, odd) > head.Length / 8;
    }

    private static FileSignature Wide(string encoding) =>
        new(FileContent.WideText, $"text in {encoding}", $"convert it to UTF-8, as with 'iconv -f {encoding} -t UTF-8'");

    private static FileSignature Other(string description, string remedy) => new(FileContent.Other, description, remedy);

    private static byte[] Ascii(string text) => [.. text.Select(c => (byte)c)];
}
