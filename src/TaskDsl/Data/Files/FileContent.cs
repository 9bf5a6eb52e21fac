namespace TaskDsl.Data.Files;

/// <summary>What a file holds, as far as its first bytes tell.</summary>
[Flags]
public enum FileContent
{
    /// <summary>Text that is nothing of what follows.</summary>
    Text = 1,

    /// <summary>Nothing at all.</summary>
    Empty = 1 << 1,

    /// <summary>One JSON object.</summary>
    JsonObject = 1 << 2,

    /// <summary>JSON objects, one a line.</summary>
    JsonLines = 1 << 3,

    /// <summary>A JSON array of objects.</summary>
    JsonArray = 1 << 4,

    /// <summary>A Parquet file.</summary>
    Parquet = 1 << 5,

    /// <summary>An Arrow IPC file (Feather version 2).</summary>
    ArrowFile = 1 << 6,

    /// <summary>An Arrow IPC stream.</summary>
    ArrowStream = 1 << 7,

    /// <summary>Something compressed with gzip.</summary>
    Gzip = 1 << 8,

    /// <summary>Something compressed with Zstandard.</summary>
    Zstd = 1 << 9,

    /// <summary>A web page.</summary>
    Html = 1 << 10,

    /// <summary>A git-LFS pointer: the name of a file, not the file.</summary>
    LfsPointer = 1 << 11,

    /// <summary>Text in UTF-16 or UTF-32.</summary>
    WideText = 1 << 12,

    /// <summary>Bytes that no source reads.</summary>
    Other = 1 << 13,
}
