using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>The file that receives quarantined records: one JSON object each, with place, reason and the record as it was.</summary>
internal sealed class Rejects : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string path;
    private FileStream? file;

    private Rejects(string path) => this.path = path;

    /// <summary>Null where bad records are to end the reading. The file is made with its first record.</summary>
    public static Rejects? Open(BadRecords policy, DataOptions options) => policy is Quarantine quarantine
        ? new Rejects(Path.GetFullPath(quarantine.Path, options.RejectsDirectory ?? options.ProjectDirectory))
        : null;

    public void Write(RecordOrigin origin, string error, ReadOnlySpan<byte> record)
    {
        if (file is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.Create, FileAccess.Write);
        }

        using (var writer = new Utf8JsonWriter(file, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("file"u8, origin.File);
            writer.WriteNumber("line"u8, origin.Line);
            if (origin.Key is not null) writer.WriteString("key"u8, origin.Key);
            writer.WriteString("error"u8, error);
            // Bytes that are no UTF-8 are kept exactly, in base64.
            if (System.Text.Unicode.Utf8.IsValid(record)) writer.WriteString("record"u8, Encoding.UTF8.GetString(record));
            else writer.WriteBase64String("record_base64"u8, record);
            writer.WriteEndObject();
        }

        file.WriteByte((byte)'\n');
    }

    public void Dispose() => file?.Dispose();
}
