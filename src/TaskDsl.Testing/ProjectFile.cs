using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace TaskDsl.Testing;

/// <summary>A file of a <see cref="GeneratorProject"/>, as the compiler sees it. The same instance means that nothing was edited.</summary>
public sealed class ProjectFile : AdditionalText
{
    private readonly Lazy<SourceText> text;

    /// <summary>A file that lies nowhere but in the project.</summary>
    /// <param name="path">The path relative to the project's folder, with <c>/</c>.</param>
    /// <param name="text">What stands in it.</param>
    public ProjectFile(string path, SourceText text)
        : this(path, new Lazy<SourceText>(text)) { }

    private ProjectFile(string path, Lazy<SourceText> text) => (Path, this.text) = (path, text);

    /// <inheritdoc/>
    public override string Path { get; }

    /// <summary>A file with this text.</summary>
    public static ProjectFile Of(string path, string text) => new(path.Replace('\\', '/'), SourceText.From(text, Encoding.UTF8));

    /// <summary>A file read as the compiler reads it: a byte order mark is no part of the text.</summary>
    public static ProjectFile Read(string path, Stream utf8) => new(path.Replace('\\', '/'), SourceText.From(utf8, Encoding.UTF8));

    /// <summary>A file of data, whatever its size and format: the generator reads its start where it lies, as in a build.</summary>
    internal static ProjectFile OnDisk(string path) => new(path, new Lazy<SourceText>(() => SourceText.From(File.ReadAllText(path))));

    /// <inheritdoc/>
    public override SourceText GetText(CancellationToken cancellationToken = default) => text.Value;
}
