using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.Data.Rejecting;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>The file that receives quarantined records: one JSON object each, with place, reason and the record as it was.</summary>
internal sealed class Rejects : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly string path;
    private FileStream? file;

    private Rejects(string path) => this.path = path;

    /// <summary>
    /// Null where bad records are to end the reading. The file is made with its first record; what an earlier reading left there goes
    /// either way.
    /// </summary>
    /// <exception cref="DataException">The file cannot be written, or is one of those that are read.</exception>
    public static Rejects? Open(DslTask task, DataOptions options, IEnumerable<SourceFile> files)
    {
        if (task.BadRecords is not Quarantine quarantine)
            return null;
        var rejects = new Rejects(Path.GetFullPath(quarantine.PathOf(task), options.RejectsDirectory ?? options.ProjectDirectory));
        if (files.FirstOrDefault(f => f.Path == rejects.path) is { } read)
            throw new DataException(
                $"{read.Name}: task '{task.Name}' reads this file and sets bad records aside in it, which would overwrite it. Name "
                    + "another file under 'bad_records'."
            );
        rejects.Do(() =>
        {
            if (File.Exists(rejects.path))
                File.Delete(rejects.path);
        });
        return rejects;
    }

    /// <summary>Writes a record.</summary>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public void Write(RecordOrigin origin, string error, ReadOnlySpan<byte> record)
    {
        line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(line, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("file"u8, origin.File);
            writer.WriteNumber("line"u8, origin.Line);
            if (origin.Key is not null)
                writer.WriteString("key"u8, origin.Key);
            writer.WriteString("error"u8, error);
            // Bytes that are no UTF-8 are kept exactly, in base64.
            if (System.Text.Unicode.Utf8.IsValid(record))
                writer.WriteString("record"u8, Encoding.UTF8.GetString(record));
            else
                writer.WriteBase64String("record_base64"u8, record);
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        Do(() =>
        {
            if (file is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            }

            file.Write(line.WrittenSpan);
        });
    }

    public void Dispose() => file?.Dispose();

    private void Do(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: records that do not fit cannot be set aside there: {e.Message}", e);
        }
    }
}
