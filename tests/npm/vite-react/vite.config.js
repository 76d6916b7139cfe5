// Nothing here knows of insitu: its files are in public/insitu (npx insitu-assets public/insitu).
export default { oxc: { jsx: { runtime: 'automatic' } } };
