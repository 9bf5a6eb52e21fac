using System.ComponentModel.DataAnnotations;
using TaskDsl.Data.Files;
using TaskDsl.Hub;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>
/// A data set of Hugging Face's hub, pinned by its commit. Its files lie in the cache that huggingface_hub shares; <c>fetch</c> puts them
/// there, and nothing else touches the network.
/// </summary>
public sealed record HubDataset
{
    /// <summary>The data set, <c>org/name</c>.</summary>
    [RegularExpression(HubRepository.NamePattern, ErrorMessage = HubRepository.NameWords), AlsoCalled("repo", "repo_id")]
    public required string Dataset { get; init; }

    /// <summary>The commit, 40 hexadecimal digits; a branch or tag is refused, since it may move.</summary>
    [RegularExpression(HubRepository.CommitPattern, ErrorMessage = HubRepository.DatasetCommitWords), AlsoCalled("commit", "sha")]
    public required string Revision { get; init; }

    internal HubPart Part(IEnumerable<string> paths)
    {
        var repository = new HubRepository(HubKind.Dataset, Dataset, Revision);
        return new HubPart(repository, listing => [.. paths.SelectMany(path => Files(repository, listing, path)).Distinct()]);
    }

    private static HubFile[] Files(HubRepository repository, HubListing listing, string path)
    {
        var normal = path.Replace('\\', '/');
        var pattern = PathGlob.IsPattern(normal);
        if (pattern && !listing.IsWhole)
            throw new HubException($"{repository}: it is not known which files '{path}' means");
        HubFile[] found = [.. listing.Files.Where(file => pattern ? PathGlob.IsMatch(normal, file.Path) : file.Path == normal)];
        if (found.Length > 0)
            return found;
        var near = listing.IsWhole ? NearestWord.Choice(normal, listing.Files.Select(file => file.Path)) : ".";
        throw new HubException($"{repository} has no file '{path}'{near}");
    }
}
