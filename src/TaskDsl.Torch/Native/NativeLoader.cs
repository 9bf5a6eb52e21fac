using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using TorchSharp;

namespace TaskDsl.Torch.Native;

/// <summary>
/// Loads libtorch and TorchSharp's shim on 64-bit Linux. TorchSharp's own loader wants libtorch beside the program and ends in a
/// misleading error where the shim asks for a newer C++ library than the system has; here libtorch comes from one folder, and the
/// shim is cured in memory of that, and of freeing numbers too early. Elsewhere TorchSharp's own loader is left alone.
/// </summary>
internal static class NativeLoader
{
    private const int Lazy = 1,
        NoLoad = 0x4,
        Global = 0x100;
    private static readonly Lock Gate = new();
    private static bool loaded;
    private static string? firstError;
    private static nint shim,
        torchCpu,
        torchCuda;

    public static string Folder { get; private set; } = "";

    /// <summary>Who named the folder.</summary>
    public static string Source { get; private set; } = "";

    /// <summary>Null where it is not known.</summary>
    public static LibTorchVersion? Version { get; private set; }

    public static bool HasCuda => !IsOurs || torchCuda != 0;

    private static bool IsOurs => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

#pragma warning disable CA2255 // The hooks must stand before TorchSharp's type initialiser runs, whoever triggers it.
    [ModuleInitializer]
    internal static void InstallHooks()
#pragma warning restore CA2255
    {
        if (!IsOurs)
            return;
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => Resolve(name));
        NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, (name, _, _) => Resolve(name));
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => Resolve(name);
    }

    public static void Load()
    {
        if (!IsOurs)
            return;
        lock (Gate)
        {
            if (loaded)
                return;
            firstError = null;
            _ = Dlerror(); // Bound now: binding it after a failed dlopen would overwrite the reason.
            (Folder, Source) = FindLibTorch();
            SetEnvironment();
            Open("libtorch_global_deps.so", required: false);
            Open("libc10.so", required: true);
            torchCpu = Open("libtorch_cpu.so", required: true);
            Version = LibTorchVersion.Of(torchCpu);
            LibTorchVersion.Check(Version, Folder, Source);
            Open("libc10_cuda.so", required: false);
            torchCuda = Open("libtorch_cuda.so", required: false);
            Open("libtorch.so", required: true);
            shim = OpenShim(FindShim());
            loaded = true;
        }
    }

    /// <summary>What libraries read from the environment, unless somebody has set it.</summary>
    private static void SetEnvironment()
    {
        // OpenMP's threads spin for milliseconds before they sleep: on a machine that others use too, steps then take several times as
        // long.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            SetVariable("GOMP_SPINCOUNT", "1000");
        // cuDNN's attention builds a plan for each new shape, up to a second each, and nearly each batch is as long as no other.
        SetVariable("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1");
        SetVariable("TORCH_CUDNN_SDPA_PREFERRED", "0"); // Its name in some versions.
    }

    /// <summary>Sets a variable that native libraries read, unless it is set; .NET's own view of the environment is another.</summary>
    internal static void SetVariable(string name, string value)
    {
        if (IsOurs)
            _ = SetEnvironment(name, value, overwrite: 0);
    }

    private static nint Resolve(string name)
    {
        if (name is not ("LibTorchSharp" or "torch_cpu" or "torch_cuda"))
            return 0;
        Load();
        return name switch
        {
            "LibTorchSharp" => shim,
            "torch_cpu" => torchCpu,
            _ => torchCuda,
        };
    }

    private static (string Folder, string Source) FindLibTorch()
    {
        var tried = new List<string>();
        foreach (var (folder, source) in Candidates())
        {
            if (string.IsNullOrEmpty(folder))
                continue;
            if (File.Exists(Path.Combine(folder, "libtorch_cpu.so")))
                return (folder, source);
            tried.Add($"  {folder} ({source})");
            if (source == "TASKDSL_LIBTORCH")
                break; // Somebody asked for this one: another would be a surprise.
        }

        throw new DllNotFoundException(
            $"""
            libtorch_cpu.so was not found. Looked in:
            {string.Join('\n', tried)}
            Build with the MSBuild property TaskDslTorch=cpu (the default), or set the environment variable TASKDSL_LIBTORCH to the
            folder that holds libtorch_cpu.so of libtorch 2.10 (the 'torch/lib' folder of a PyTorch installation, say).
            """
        );
    }

    private static IEnumerable<(string? Folder, string Source)> Candidates()
    {
        var program = AppContext.BaseDirectory;
        yield return (Environment.GetEnvironmentVariable("TASKDSL_LIBTORCH"), "TASKDSL_LIBTORCH");
        yield return (AppContext.GetData("TaskDsl.LibTorchDir") as string, "TaskDsl.LibTorchDir in runtimeconfig.json");
        yield return (Path.Combine(program, "libtorch"), "beside the program");
        yield return (program, "beside the program");
        yield return (Path.Combine(program, "runtimes", "linux-x64", "native"), "beside the program");
    }

    private static string FindShim()
    {
        const string file = "libLibTorchSharp.so";
        var native = Path.Combine("runtimes", "linux-x64", "native", file);
        string[] places =
        [
            Path.Combine(AppContext.BaseDirectory, file),
            Path.Combine(AppContext.BaseDirectory, native),
            .. BesideAssembly(),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new DllNotFoundException(
                $"{file}, a part of the TorchSharp package, was not found. Looked for:\n  {string.Join("\n  ", places)}"
            );

        IEnumerable<string> BesideAssembly()
        {
            // Design-time hosts and `dotnet exec` use TorchSharp from its package: <package>/lib/<framework>/TorchSharp.dll.
#pragma warning disable IL3000 // Empty in a single-file program, which has the shim beside it.
            var assembly = typeof(torch).Assembly.Location;
#pragma warning restore IL3000
            if (Path.GetDirectoryName(assembly) is not { Length: > 0 } folder)
                yield break;
            yield return Path.Combine(folder, file);
            yield return Path.Combine(folder, native);
            yield return Path.GetFullPath(Path.Combine(folder, "..", "..", native));
        }
    }

    private static nint Open(string file, bool required)
    {
        var path = Path.Combine(Folder, file);
        if (!required && !File.Exists(path))
            return 0;
        var handle = Dlopen(path);
        if (handle != 0)
            return handle;
        firstError ??= Error(); // What libtorch.so says of libtorch_cuda.so later is no more than that it is not there.
        if (required)
            throw new DllNotFoundException(
                File.Exists(path)
                    ? $"{path} does not load: {firstError}. TaskDsl needs libtorch 2.10 or 2.11 for 64-bit Linux."
                    : $"{path} is missing: '{Folder}' ({Source}) is no whole libtorch. Unpack or install it again."
            );
        return handle;
    }

    private static nint OpenShim(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var image = new ElfImage(bytes);
        image.WeakenLibstdcxx();
        image.Redirect(NumberMemory.Function, NumberMemory.Address);
        var handle = OpenImage(bytes);
        if (handle == 0)
            handle = Dlopen(path); // Where neither memory nor temporary files may be run, uncured.
        return handle != 0
            ? handle
            : throw new DllNotFoundException(
                $"{path} does not load with libtorch from '{Folder}': {Error()}. TaskDsl needs libtorch 2.10 or 2.11."
            );
    }

    /// <summary>
    /// Loads a library from memory: an anonymous file where the kernel has them, else a private file that is removed at once.
    /// </summary>
    private static nint OpenImage(byte[] image)
    {
        var descriptor = MemfdCreate("libLibTorchSharp.so", 1);
        if (descriptor >= 0)
        {
            using var anonymous = new FileStream(
                new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true),
                FileAccess.Write
            );
            anonymous.Write(image);
            anonymous.Flush();
            var handle = Dlopen($"/proc/self/fd/{descriptor}"); // Closed afterwards: what the loader has mapped keeps the image.
            if (handle != 0)
                return handle;
        }

        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.so");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(file, options))
                stream.Write(image);
            return Dlopen(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A library that this process has loaded already; 0 = it has not.</summary>
    internal static nint Loaded(string name) => IsOurs ? Dlopen(Encoding.UTF8.GetBytes(name + '\0'), Lazy | NoLoad) : 0;

    private static nint Dlopen(string path) => Dlopen(Encoding.UTF8.GetBytes(path + '\0'), Lazy | Global);

    private static string Error() => Marshal.PtrToStringUTF8(Dlerror())?.Trim() ?? "unknown reason";

#pragma warning disable SYSLIB1054, CA5392 // Plain declarations of libc; nothing here is searched for beside the program.
    [DllImport("libc", EntryPoint = "dlopen")]
    private static extern nint Dlopen(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "dlerror")]
    private static extern nint Dlerror();

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetEnvironment(string name, string value, int overwrite);

    [DllImport("libc", EntryPoint = "memfd_create", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int MemfdCreate(string name, uint flags);
#pragma warning restore SYSLIB1054, CA5392
}
