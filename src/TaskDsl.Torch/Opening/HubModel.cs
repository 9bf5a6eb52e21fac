using System.ComponentModel.DataAnnotations;
using TaskDsl.Hub;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Opening;

/// <summary>
/// A model of Hugging Face's hub, pinned by its commit. Its files lie in the cache that huggingface_hub shares; <c>fetch</c> puts them
/// there, and nothing else touches the network.
/// </summary>
[Keyword("hub")]
public sealed record HubModel : StoredModel, IFromHub
{
    /// <summary>The model, <c>org/name</c>.</summary>
    [RegularExpression(HubRepository.NamePattern, ErrorMessage = HubRepository.NameWords), AlsoCalled("repo", "repo_id")]
    public required string Model { get; init; }

    /// <summary>The commit, 40 hexadecimal digits; a branch or tag is refused, since it may move.</summary>
    [RegularExpression(HubRepository.CommitPattern, ErrorMessage = HubRepository.ModelCommitWords), AlsoCalled("commit", "sha")]
    public required string Revision { get; init; }

    /// <inheritdoc/>
    public HubPart FromHub() => ModelFiles.Of(new HubRepository(HubKind.Model, Model, Revision));

    /// <inheritdoc/>
    /// <exception cref="ModelException">Files are missing; the message names the command that fetches them.</exception>
    public override string FindFolder() => ModelFiles.Folder(FromHub().Repository);
}
