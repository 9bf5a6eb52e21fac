using System.Runtime.InteropServices;

namespace TaskDsl.Torch.Native;

/// <summary>Which libtorch this is, by the version of its C interface.</summary>
/// <param name="Major">2, of 2.10.</param>
/// <param name="Minor">10, of 2.10.</param>
public readonly record struct LibTorchVersion(int Major, int Minor)
{
    /// <summary>
    /// Whether TorchSharp's shim and the functions of <c>Native</c> fit it: from 2.12 on functions with a backward of their own are laid
    /// out otherwise, which no loader notices.
    /// </summary>
    public bool Fits => this is { Major: 2, Minor: 10 or 11 };

    /// <summary>Whether its operators for attention within segments are those that are called; they have no stable interface.</summary>
    internal bool TakesSegments => this is { Major: 2, Minor: 10 };

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}";

    /// <summary>The version of a number as <c>aoti_torch_abi_version</c> gives it: a byte each, the major one in front.</summary>
    internal static LibTorchVersion Of(ulong abi) => new((int)(abi >> 56), (int)(abi >> 48 & 0xFF));

    /// <summary>Asks a libtorch; null where it is too old to say.</summary>
    internal static unsafe LibTorchVersion? Of(nint library) =>
        NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var version)
            ? Of(((delegate* unmanaged[Cdecl]<ulong>)version)())
            : null;

    /// <summary>Refuses a libtorch of another version.</summary>
    /// <param name="version">Its version; null = older than all that say one.</param>
    /// <param name="folder">Where it lies.</param>
    /// <param name="source">Who named the folder.</param>
    /// <exception cref="DllNotFoundException">It does not fit.</exception>
    internal static void Check(LibTorchVersion? version, string folder, string source)
    {
        if (version is not { Fits: true })
            throw new DllNotFoundException(
                $"'{folder}' ({source}) holds libtorch {version?.ToString() ?? "older than 2.10"}; TaskDsl fits 2.10 and 2.11, "
                    + "and another one would compute wrongly or crash. Name the lib folder of one of these, or none: then the one "
                    + "from NuGet is taken."
            );
    }
}
