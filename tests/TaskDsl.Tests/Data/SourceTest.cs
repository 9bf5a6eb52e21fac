using System.Text;
using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tests.Data;

/// <summary>Files in a folder of their own, read by a source.</summary>
public abstract class SourceTest : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("taskdsl-sources-").FullName;

    protected DataOptions Options => new() { ProjectDirectory = Folder };

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string At(string name) => Path.Combine(Folder, name);

    protected void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    protected void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
    }

    /// <summary>The records of a file as text; a record that cannot be read is its line and error.</summary>
    protected async Task<List<string>> ReadAsync(FileSource source)
    {
        var records = new List<string>();
        await foreach (var record in source.ReadAsync(At(source.Path), default))
            records.Add(record.Error is null ? Encoding.UTF8.GetString(record.Json.Span) : $"{record.Line}: {record.Error}");
        return records;
    }

    /// <summary>Reads a file that may be broken: what is wrong must be said as such, whatever it is.</summary>
    protected async Task Readable(FileSource source)
    {
        try
        {
            await ReadAsync(source);
        }
        catch (IOException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    /// <summary>The source that a bare path means.</summary>
    protected static FileSource ByPath(string path) =>
        (FileSource)
            Activator.CreateInstance(
                Words
                    .Of(typeof(DataSource).Assembly)
                    .Choices(typeof(DataSource))
                    .First(c =>
                        c.Type.GetCustomAttributes(typeof(KeywordAttribute), false)
                            .Cast<KeywordAttribute>()
                            .Single()
                            .Matches.Split(';')
                            .Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, path))
                    )
                    .Type
            )! with
        {
            Path = path,
        };
}
