using System.Reflection;
using TaskDsl.Data.Files;
using TaskDsl.Hub;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>
/// Files of records. Each file format is one file with a <c>[Keyword]</c> record (<c>json_lines</c>, <c>csv</c>, <c>parquet</c>, …); a
/// bare path picks the format by its extension. What is compressed with gzip (<c>*.gz</c>) or Zstandard (<c>*.zst</c>) is read as it is.
/// </summary>
public abstract record FileSource : DataSource, IFromHub
{
    /// <summary>The file, or a pattern of files: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
    [Shorthand, FilePath(Elsewhere = nameof(Hub))]
    public required string Path { get; init; }

    /// <summary>
    /// A JSON file that names the official test records by their keys: an array of keys, or an object that has them. The task's
    /// <c>split</c> divides the others; with <c>test: 0</c> there the division is the official one.
    /// </summary>
    [FilePath(Elsewhere = nameof(Hub))]
    public string? TestKeys { get; init; }

    /// <summary>The data set of Hugging Face's hub that has the files, by their paths in it. Default: they are the project's.</summary>
    public HubDataset? Hub { get; init; }

    /// <summary>The source that a bare path means, by the file's name.</summary>
    /// <exception cref="DataException">No format has files of such a name.</exception>
    public static FileSource Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var formats = Words.Loaded.Choices(typeof(DataSource)).Select(c => (c.Type, Word: c.Type.GetCustomAttribute<KeywordAttribute>()!));
        var format = formats.FirstOrDefault(f => f.Word.IsMatch(path)).Type
            ?? throw new DataException(
                $"{path}: no format of data files has such a name; expected "
                    + $"{string.Join(", ", formats.Select(f => f.Word.Matches.Split(';')[0]).Where(pattern => pattern.Length > 0))}."
            );
        return (FileSource)Words.Default(format) with { Path = path };
    }

    /// <summary>Reads the records of one file, each as one JSON object in UTF-8.</summary>
    /// <param name="path">The absolute path of one file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public abstract IAsyncEnumerable<SourceRecord> ReadAsync(string path, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public override string Title => Hub is null ? Path : $"{Hub.Dataset}/{Path}";

    /// <inheritdoc/>
    public HubPart? FromHub() => Hub?.Part(Named);

    // What is in files of a hub, their commit says.
    internal override IEnumerable<string> Paths => Hub is null ? Named : [];

    private string[] Named => TestKeys is null ? [Path] : [Path, TestKeys];

    internal override IEnumerable<SourceFile> Files(string directory, string language)
    {
        if (Hub is not null)
            return FilesOfHub(Hub, language);
        var keys = Data.TestKeys.Read(this, directory);
        return SourceFiles
            .Find(Path, directory)
            .Select(path => new SourceFile(this, path, System.IO.Path.GetRelativePath(directory, path), language, keys));
    }

    private IEnumerable<SourceFile> FilesOfHub(HubDataset hub, string language)
    {
        try
        {
            FromHub()!.Find();
            var part = hub.Part([Path]);
            var keys = Data.TestKeys.Read(this, part.Repository.Snapshot);
            return part.Find()
                .Select(file => new SourceFile(this, part.Repository.PathOf(file), $"{hub.Dataset}/{file.Path}", language, keys));
        }
        catch (HubException e)
        {
            throw new DataException($"{Title}: {e.Message}", e);
        }
    }

    internal override IAsyncEnumerable<SourceRecord> ReadAsync(SourceFile file, CancellationToken cancellationToken) =>
        ReadAsync(file.Path, cancellationToken);
}
